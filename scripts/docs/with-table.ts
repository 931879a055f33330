/** A document with another text between the marks of a table. Pure; throws when it has none. */
export function withTable(document: string, name: string, table: string): string {
  const [begin, end] = [`<!-- table: ${name} -->\n`, `<!-- end of ${name} -->\n`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no marks for ${name}`);
  return document.slice(0, from + begin.length) + table + document.slice(to);
}
