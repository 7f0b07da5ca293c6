"""The pages that people open in a browser: one for the province, one for each unit.

Every page is one file that needs nothing else: no network, no font, no script from elsewhere. The
modules here gather what a page shows, as the marts have it; how it looks is in `templates/`.
"""
