/** What a StateMark says by icon and colour; the word beside it says it too. */
export type MarkState = 'good' | 'warn' | 'bad' | 'unknown' | 'busy';
