/** A function that a test has evaluated in the stand-in's process: its source text. */
export interface Evaluation {
  readonly id: number;
  readonly source: string;
}

/** What came of it. */
export interface EvaluationOutcome {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}
