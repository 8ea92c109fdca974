/** What one call may make an upstream send besides its answer; beyond it the answer is not waited for. */
export const noticesMax = 10_000;
/** Requests of the server's own during one call. */
export const serverRequestsMax = 100;
/** Progress reports that are on their way to the client at once; more are dropped, the stream goes on. */
export const progressPendingMax = 64;
/** An SSE stream may carry this many times the bytes of one result, all its events together. */
export const streamBytesFactor = 4;
/** Error messages of an upstream are cut here. */
export const errorTextMax = 2_000;
/** Notifications outside any call in one second; more end the connection. */
export const unsolicitedPerSecondMax = 2_000;
/** Pages and items of one list. */
export const listPagesMax = 100;
export const listItemsMax = 5_000;
/** Calls that wait for their turn, as a multiple of those that run at once. */
export const waitingFactor = 16;
