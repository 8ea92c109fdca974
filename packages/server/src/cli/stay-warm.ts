import { setFlagsFromString } from 'node:v8';

/**
 * Keeps compiled code while nobody calls. After some idle seconds V8 collects with memory in mind, and forgets the hidden
 * classes that no object has just then, and with them all code that was compiled for them: hundreds of functions that the
 * next call would run interpreted. With this it still collects, but such classes outlive it.
 */
export function stayWarm(): void {
  setFlagsFromString('--no-memory-reducer-favors-memory');
  setFlagsFromString('--retain-maps-for-n-gc=1000');
}
