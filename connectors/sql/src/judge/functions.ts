/**
 * The functions that a query may call: they compute from their arguments alone, read no table, file, setting or session,
 * run no text as a statement, and lock nothing. What is not listed is refused.
 */
const lists = {
  aggregates: `count sum avg min max array_agg string_agg bool_and bool_or every json_agg jsonb_agg json_object_agg jsonb_object_agg
    stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept
    regr_r2 regr_slope regr_sxx regr_sxy regr_syy percentile_cont percentile_disc mode bit_and bit_or bit_xor any_value`,
  windows: 'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value',
  numbers: `abs ceil ceiling floor round trunc sign sqrt cbrt power pow exp ln log log10 mod div gcd lcm pi degrees radians sin cos tan
    asin acos atan atan2 sinh cosh tanh width_bucket scale min_scale trim_scale random int4 int8 int2 float8 float4 numeric`,
  texts: `lower upper initcap length char_length character_length octet_length bit_length btrim ltrim rtrim trim left right reverse
    substr substring position strpos replace translate split_part concat concat_ws format chr ascii md5 starts_with overlay
    regexp_replace regexp_match regexp_matches regexp_count regexp_instr regexp_like regexp_substr regexp_split_to_array
    regexp_split_to_table string_to_array string_to_table quote_ident quote_literal quote_nullable to_hex to_char to_number
    lpad rpad repeat normalize is_normalized unistr encode decode sha224 sha256 sha384 sha512 text similar_to_escape`,
  times: `now date_trunc date_part extract age to_date to_timestamp make_date make_time make_timestamp make_timestamptz make_interval
    justify_days justify_hours justify_interval isfinite timezone date_bin clock_timestamp statement_timestamp transaction_timestamp
    timeofday overlaps date timestamp timestamptz date_add date_subtract interval`,
  lists: `array_length array_upper array_lower array_ndims cardinality array_position array_positions array_append array_prepend
    array_cat array_remove array_replace array_to_string array_dims trim_array array_sort array_reverse unnest`,
  json: `to_json to_jsonb json_build_object json_build_array jsonb_build_object jsonb_build_array json_array_length jsonb_array_length
    json_object_keys jsonb_object_keys json_typeof jsonb_typeof json_array_elements jsonb_array_elements json_array_elements_text
    jsonb_array_elements_text json_each json_each_text jsonb_each jsonb_each_text json_extract_path json_extract_path_text
    jsonb_extract_path jsonb_extract_path_text jsonb_pretty json_strip_nulls jsonb_strip_nulls jsonb_path_exists jsonb_path_query
    jsonb_path_query_array jsonb_path_query_first jsonb_path_match row_to_json array_to_json jsonb_set jsonb_insert json_object jsonb_object`,
  ranges: 'lower_inc upper_inc lower_inf upper_inf isempty range_merge int4range int8range numrange daterange tsrange tstzrange',
  others: `coalesce nullif greatest least num_nulls num_nonnulls generate_series generate_subscripts pg_typeof
    to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_headline tsvector_to_array`,
} as const;

const allowed: ReadonlySet<string> = new Set(Object.values(lists).flatMap((list) => list.split(/\s+/)));

/** Whether a query may call it, by its name without a schema. */
export function mayCall(name: string): boolean {
  return allowed.has(name);
}

/** The functions that make much of little, with the place of the argument that says how much. */
export const growing: ReadonlyMap<string, number> = new Map([
  ['repeat', 1],
  ['lpad', 1],
  ['rpad', 1],
]);

/** Types that values may be made into. Those that name things of the database (`regclass`), rows of tables and their like are none. */
const types: ReadonlySet<string> = new Set(
  `bool boolean int2 int4 int8 smallint integer int bigint float4 float8 real numeric decimal money text varchar bpchar char
  date time timetz timestamp timestamptz interval uuid json jsonb bytea bit varbit inet cidr macaddr point box circle line lseg path polygon
  int4range int8range numrange daterange tsrange tstzrange tsvector tsquery jsonpath name unknown`.split(/\s+/),
);

/** Whether values may be made into this type. */
export function mayBe(type: string): boolean {
  return types.has(type);
}
