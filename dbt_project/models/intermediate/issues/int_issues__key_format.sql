-- Dossiers whose id is not of the national form. Other systems number otherwise: the form is asked
-- only of sources that mostly keep to it, which every new extract may change.
with

cases as (

    select * from {{ ref('int_dossiers__cases') }}

),

coded_sources as (

    select source
    from cases
    group by source
    having avg((coded_on is not null)::int) > 0.5

),

uncoded as (

    select case_id from cases
    where coded_on is null

),

versions as (

    select versions.*
    from {{ ref('int_dossiers__versions') }} as versions
    semi join uncoded on versions.case_id = uncoded.case_id
    semi join coded_sources on versions.source = coded_sources.source

),

{{ version_issues('versions', 'dossiers', [
    {
        'code': 'KEY_FORMAT', 'column': 'dossier_id', 'value': 'dossier_id', 'condition': 'true',
    },
]) }}

select * from version_issues
