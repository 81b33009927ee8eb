"""From a template and answers to a project on disk.

`source` finds the template, `adapter` is all that knows Copier, `staging` makes
writing atomic, `setup` runs what comes after: git, lock, install, first commit.
"""
