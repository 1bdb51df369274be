declare module 'dcmjs/dictionary' {
  interface DictionaryRow {
    readonly tag: string;
    readonly vr: string;
    readonly name?: string;
    readonly vm?: string;
    readonly version?: string;
  }
  const dictionary: Readonly<Record<string, DictionaryRow>>;
  export { dictionary };
}
