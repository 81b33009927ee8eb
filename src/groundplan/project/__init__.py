"""From a template and answers to a project on disk.

`source` finds the template and reads it, `adapter` asks Copier's questions, `rendering`
writes the files, `staging` makes that atomic, `steps` runs what comes after: git, lock,
install, first commit. `typed` says all of it in words that any shell takes.
"""
