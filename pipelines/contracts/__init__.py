"""What an extract has to look like: canonical datasets, source contracts, and how text is matched.

`datasets` is the one list of tables, columns and codes; `model` is one source's contract, with one
`rule` a column; `checks` say when it is sound; `loader` reads contracts from YAML; `matching` says
when two headers or labels are the same.
"""
