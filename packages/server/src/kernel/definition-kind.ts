/** What an upstream declares. */
export type DefinitionKind = 'tool' | 'prompt' | 'resource' | 'template' | 'server';
