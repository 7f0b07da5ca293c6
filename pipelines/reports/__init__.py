"""What people read, written from the published warehouse only.

Nothing here counts: figures, verdicts and treatments come from the marts as they are. This package
puts them into words, rounds them without contradicting their verdict and lays them out.
"""
