/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

/**
 * The import rules of ARCHITECTURE.md. Each room of broker/ lists the rooms that it may know, and why no
 * more. Imports of types count like others.
 * @type {Record<string, { mayImport: readonly string[], because: string }>}
 */
const rooms = {
  domain: {
    mayImport: [],
    because: 'The words of the standard are the ground that every room stands on; they must load anywhere.',
  },
  config: {
    mayImport: ['domain'],
    because:
      'Settings are read before anything else exists; what they configure must not be needed to read them.',
  },
  dicom: {
    mayImport: ['domain'],
    because: 'Data sets are bytes in, bytes out: usable in a worker, with no archive, cache or request near.',
  },
  observe: {
    mayImport: ['domain'],
    because: 'Every room logs and counts; what everybody imports may import nobody.',
  },
  dimse: {
    mayImport: ['domain', 'config', 'observe'],
    because: 'The protocol carries data sets as bytes and does not know who asks or where they are kept.',
  },
  archive: {
    mayImport: ['dimse', 'domain', 'config', 'dicom', 'observe'],
    because: 'An archive answers questions; it does not decide what is retrieved when, nor where it is kept.',
  },
  cache: {
    mayImport: ['domain', 'config', 'dicom', 'observe'],
    because: 'The cache keeps what it is given; where instances come from is not its business.',
  },
  receiving: {
    mayImport: ['dimse', 'cache', 'domain', 'config', 'dicom', 'observe'],
    because:
      'The worker that receives puts data sets into files; which retrieval wants them is decided outside.',
  },
  retrieval: {
    mayImport: ['archive', 'cache', 'domain', 'config', 'observe'],
    because: 'Jobs speak with archives as objects, never with the protocol, and do not know HTTP.',
  },
  dicomweb: {
    mayImport: ['retrieval', 'archive', 'cache', 'dicom', 'domain', 'config', 'observe'],
    because:
      'The web side translates and decides nothing: whatever needs the protocol lies behind an archive.',
  },
  composition: {
    mayImport: [
      ...['receiving', 'retrieval', 'archive', 'cache', 'dicomweb', 'dicom', 'dimse'],
      ...['domain', 'config', 'observe'],
    ],
    because:
      'Each file makes one part of the gateway out of rooms and settings, for broker.ts, which alone knows them all.',
  },
  control: {
    mayImport: ['retrieval', 'archive', 'cache', 'dicom', 'domain', 'config', 'observe'],
    because: 'The API of the user interface sees what the web side sees, but not the web side itself.',
  },
};

/** @param {readonly string[]} names */
function oneOf(names) {
  return `(${names.join('|')})`;
}

/** @type {Rule[]} */
const roomRules = Object.entries(rooms).map(([room, { mayImport, because }]) => ({
  name: `room-${room}`,
  severity: 'error',
  comment: `${because} It may import ${mayImport.length === 0 ? 'no other room' : mayImport.join(', ')}.`,
  from: { path: `^broker/${room}/` },
  to: { path: '^(broker|main|renderer|build)/', pathNot: `^broker/${oneOf([room, ...mayImport])}/` },
}));

/**
 * A package that only some folders may use, also as types.
 * @param {string} name
 * @param {string} within pattern of the folders
 * @param {string} because
 * @returns {Rule}
 */
function onlyWithin(name, within, because) {
  return {
    name: `${name.replace(':', '-')}-only-where-it-belongs`,
    severity: 'error',
    comment: because,
    from: { path: '^(broker|main|renderer)/', pathNot: `^${within}` },
    to: { path: `(^|/)node_modules/(@types/)?${name}/|^${name}(/|$)` },
  };
}

const packageRules = [
  onlyWithin('express', 'broker/(dicomweb|control)/', 'HTTP stays behind the two rooms that speak it.'),
  onlyWithin('node:sqlite', 'broker/cache/', 'The index is the cache’s own; files are the truth.'),
  onlyWithin(
    'koffi',
    'broker/dimse/',
    'Native calls serve one purpose: acknowledging at once while receiving.',
  ),
  onlyWithin(
    'sharp',
    'broker/dicom/rendering/',
    'Pictures are encoded where they are made, in a worker; native code with hostile pixels stays there.',
  ),
  onlyWithin(
    'dcmjs-codecs',
    'broker/dicom/codec/native-codecs\\.ts',
    'One file bounds the memory of the codecs and replaces what a damaged frame has spoilt.',
  ),
  onlyWithin('electron', 'main/desktop', 'The broker and the headless host run under plain Node.'),
  onlyWithin(
    'dcmjs-dimse',
    'main/demo-archive/',
    'The upper layer is our own, in broker/dimse/; this library is the foreign peer of the demo archive and the tests.',
  ),
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...roomRules,
    ...packageRules,
    {
      name: 'known-rooms-only',
      severity: 'error',
      comment: 'A new room needs a row in the table: what it may import, and why.',
      from: { path: '^broker/[^/]+/', pathNot: `^broker/${oneOf(Object.keys(rooms))}/` },
      to: {},
    },
    {
      name: 'broker-knows-no-host',
      severity: 'error',
      comment:
        'The gateway is the same behind every host; a host starts it and hands it what only a host can do.',
      from: { path: '^broker/' },
      to: { path: '^(main|renderer)/' },
    },
    {
      name: 'composition-root-is-on-top',
      severity: 'error',
      comment: 'broker.ts puts the rooms together; a room that imports it would choose its own neighbours.',
      from: { path: '^broker/[^/]+/' },
      to: { path: '^broker/[^/]+\\.ts$' },
    },
    {
      name: 'contract-loads-in-a-browser',
      severity: 'error',
      comment:
        'The user interface imports the contract: domain and the settings’ schema, and nothing of Node.',
      from: { path: '^broker/control/contract' },
      to: {
        path: '^(broker|main|renderer|build)/',
        pathNot:
          '^broker/(control/contract|domain/|config/(schema|sections/|setting|setting-type)(\\.ts$|/|$))',
      },
    },
    {
      name: 'contract-uses-nothing-of-node',
      severity: 'error',
      comment: 'There is no Node in a browser.',
      from: { path: '^(broker/control/contract|broker/domain/|renderer/)' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'domain-uses-the-dictionary-only',
      severity: 'error',
      comment: 'The words are pure: of all libraries they may use the tables of PS3.6.',
      from: { path: '^broker/domain/' },
      to: { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/dcmjs/' },
    },
    {
      name: 'host-is-thin',
      severity: 'error',
      comment:
        'A host starts and stops: it knows the composition root, the settings, the log that it owns, and the control API.',
      from: { path: '^main/', pathNot: '^main/demo-archive/' },
      to: {
        path: '^(broker|renderer)/',
        pathNot:
          '^broker/(broker\\.ts$|config/|control/|observe/(logger|log-book)\\.ts$|domain/errors\\.ts$)',
      },
    },
    {
      name: 'demo-archive-is-apart',
      severity: 'error',
      comment: 'The demo archive stands for a foreign system: it may use the words, not the gateway.',
      from: { path: '^main/demo-archive/' },
      to: { path: '^(broker|renderer)/', pathNot: '^broker/domain/' },
    },
    {
      name: 'interface-knows-the-contract',
      severity: 'error',
      comment: 'The user interface is a web page: it knows the control API’s contract and the words.',
      from: { path: '^renderer/' },
      to: { path: '^(broker|main|build)/', pathNot: '^broker/(control/contract|domain/)' },
    },
    {
      name: 'not-to-tests-or-tools',
      severity: 'error',
      comment: 'What is delivered does not depend on what tests and builds it.',
      from: { path: '^(broker|main|renderer)/' },
      to: { path: '^(test|build)/' },
    },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      comment: 'Development packages are absent where the gateway is installed.',
      from: { path: '^(broker|main)/' },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/(@types/|electron/)',
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment:
        'Two files that need each other are one concept in two places, or lack a third that both need.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'An import that leads nowhere fails at run time only.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    // Packages name their type files and their subpaths in `exports`.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts', '.svelte'],
    },
  },
};
