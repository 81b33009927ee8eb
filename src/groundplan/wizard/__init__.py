"""Asks the kickoff questions and returns answers. It never touches a file."""
