/** One instruction of a container file. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** Instructions from one FROM to the next. */
export interface Stage {
  /** What `COPY --from` calls it. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/**
 * Reads a container file: of its form just what ours uses, one instruction a line.
 * @throws Error where a line is of another form
 */
export function readContainerfile(text: string): Stage[] {
  const stages: { name: string; instructions: Instruction[] }[] = [];
  for (const line of text.split('\n').map((part) => part.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, rest] = /^([A-Z]+)\s+(.*[^\\])$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) throw new Error(`Not understood: ${line}`);
    if (name === 'FROM') {
      stages.push({ name: / AS (\S+)$/.exec(rest)?.[1] ?? `stage-${stages.length}`, instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`Before the first FROM: ${line}`);
      stage.instructions.push({ name, text: rest });
    }
  }
  return stages;
}
