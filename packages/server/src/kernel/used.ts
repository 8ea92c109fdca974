/** How often a plugin's calls of a tool were let happen or put to a person, whatever release; as counted from the record. */
export interface UsedTool {
  readonly plugin: string;
  readonly connector: string;
  readonly tool: string;
  readonly calls: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}
