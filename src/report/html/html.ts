import { printable } from '../printable.ts';

/** Markup that is safe to be put into a page as it is. Made by `html` and `trusted` only. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: text and numbers are escaped, markup is not, lists are joined. */
export type HtmlPart = string | number | Html | readonly HtmlPart[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const markupOf = (part: HtmlPart): string => {
  if (typeof part === 'string' || typeof part === 'number') {
    return printable(String(part)).replace(/[&<>"']/gu, (found) => ENTITIES[found] as string);
  }
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
};

/**
 * A template whose values are escaped unless they are markup: forgetting to escape is not possible.
 */
export const html = (texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html => ({
  markup: texts
    .map((text, index) => text + (index < parts.length ? markupOf(parts[index] as HtmlPart) : ''))
    .join(''),
});

/** Takes text as markup; only for what this code base or a package wrote itself. */
export const trusted = (markup: string): Html => ({ markup });

/** JSON that can stand inside a script element: no `</script>`, no `<!--`, no line separators. */
export const embeddedJson = (value: unknown): Html =>
  trusted(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/gu,
      (found) => `\\u${(found.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
    ),
  );
