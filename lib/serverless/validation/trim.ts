/** Source without what may follow an expression at the end of a file: semicolons and white space. */
export function trimFunction(code: string): string {
  let end = code.length;
  while (end > 0 && (code[end - 1] === ';' || code[end - 1]?.trim() === '')) end--;
  return code.slice(0, end);
}
