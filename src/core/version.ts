/** The version of highwater that writes a record; kept equal to package.json by a test. */
export const HIGHWATER_VERSION = '0.1.0';
