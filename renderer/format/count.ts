/** A number with the locale's grouping: `1,284`. */
export function formatCount(count: number, locale?: string): string {
  return count.toLocaleString(locale);
}

/** A number and its word: `1 study`, `1,284 studies`. */
export function counted(count: number, one: string, many = `${one}s`, locale?: string): string {
  return `${formatCount(count, locale)} ${count === 1 ? one : many}`;
}
