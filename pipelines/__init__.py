"""The pipeline of quality objectives: extracts in, a published warehouse and a scorecard out.

Each folder is one stage of the flow: contracts -> extracts -> warehouse -> quality -> reports.
`defs` holds the Dagster glue over them and `cli` the commands.
"""
