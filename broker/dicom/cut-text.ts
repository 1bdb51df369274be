/** The text, or its beginning and an ellipsis: `limit` UTF-16 units at most, no character cut in two. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = limit - 1;
  const isWithinPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1));
  return `${text.slice(0, isWithinPair ? end - 1 : end)}…`;
}
