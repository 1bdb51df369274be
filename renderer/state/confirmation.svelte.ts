/** What is asked before something is destroyed. */
export interface Question {
  readonly title: string;
  /** What will happen, and whether it can be taken back. */
  readonly text: string;
  /** The names of what goes. */
  readonly items?: readonly string[];
  /** The button that does it: «Remove study». */
  readonly verb: string;
  /** The button that does not. Default «Cancel». */
  readonly cancel?: string;
  /** Default true: the button that does it is red. */
  readonly danger?: boolean;
}

/** The one question that may be open. */
class Confirmation {
  question: Question | undefined = $state.raw();
  #settle: ((answer: boolean) => void) | undefined;

  /** Asks the person; false also where another question takes its place. */
  ask(question: Question): Promise<boolean> {
    this.answer(false);
    this.question = question;
    return new Promise((resolve) => (this.#settle = resolve));
  }

  answer(answer: boolean): void {
    this.question = undefined;
    this.#settle?.(answer);
    this.#settle = undefined;
  }
}

export const confirmation = new Confirmation();
