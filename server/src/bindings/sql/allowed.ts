// What of the engine's functions and virtual tables a tenant's statement may name. The build that libsql ships has the
// shell's as well: they read and write files, run SQL that they are given as text, or look at the raw file.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** By what they are: SQLite's own functions of values, text, dates, JSON and mathematics, and those of full-text search. */
export const allowedFunctions = words(`
  -> ->> abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling changes char coalesce concat concat_ws cos cosh
  count cume_dist current_date current_time current_timestamp date datetime degrees dense_rank exp first_value floor
  format glob group_concat hex highlight ifnull iif instr json json_array json_array_length json_error_position
  json_extract json_group_array json_group_object json_insert json_object json_patch json_quote json_remove json_replace
  json_set json_type json_valid jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert
  jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set julianday lag last_insert_rowid last_value lead length like
  likelihood likely ln log log10 log2 lower ltrim match max min mod nth_value ntile nullif octet_length percent_rank pi
  pow power printf quote radians raise random randomblob rank regexp replace round row_number rtrim sign sin sinh snippet
  soundex sqlite_version sqrt strftime string_agg substr substring sum tan tanh time timediff total total_changes trim
  trunc typeof unhex unicode unixepoch unlikely upper zeroblob
`);

/** Virtual tables, and functions that stand where a table stands. */
export const allowedModules = words('fts5 fts5vocab json_each json_tree generate_series rtree rtree_i32');

/** Refused wherever they stand, in a text or a comment too, should the words ever be read in another way than SQLite's. */
export const neverNamed =
  /(?:readfile|writefile|lsmode|fsdir|zipfile|sha3_query|load_extension|sqlite_dbpage|sqlite3mc\w*|sqlite_crypt|fts3_tokenizer|carray|pragma_\w+)/i;
