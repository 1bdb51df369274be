import { parseArgs } from 'node:util';
import { BrokerError } from '../broker/domain/errors.ts';

export interface CommandLine {
  /** Directory that holds conf/dcmrsbroker.properties and conf/settings.json. */
  readonly home: string;
  /** Start with the built-in demo archive where no archive is configured. */
  readonly demoIfUnconfigured: boolean;
  readonly help: boolean;
}

export const usage = `Usage: node main/headless.ts [--home DIRECTORY] [--demo-if-unconfigured]

  --home DIRECTORY         where conf/dcmrsbroker.properties is (also -Ddcmrsbroker.home=DIRECTORY or
                           the variable DCMRSBROKER_HOME); default: the current directory
  --demo-if-unconfigured   start against the built-in demo archive where no archive is configured

Where settings are missing or wrong, only the user interface is started, to mend them there.

All settings are listed in docs/settings.md.`;

/**
 * Reads the arguments of the headless host. The form of the Java gateway, -Ddcmrsbroker.home=…, is taken too.
 * @throws BrokerError `configuration` that names an argument which does not exist
 */
export function parseCommandLine(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  const javaHome = /^-Ddcmrsbroker\.home=(.+)$/;
  const fromJava = args.map((arg) => javaHome.exec(arg)?.[1]).find((home) => home !== undefined);
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => !javaHome.test(arg)),
      options: {
        home: { type: 'string' },
        'demo-if-unconfigured': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return {
      home: values.home ?? fromJava ?? env['DCMRSBROKER_HOME'] ?? process.cwd(),
      demoIfUnconfigured: values['demo-if-unconfigured'],
      help: values.help,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BrokerError('configuration', `${why}\n\n${usage}`, { cause: error });
  }
}
