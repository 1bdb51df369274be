/**
 * V8 of Node 24 now and then ends the process («Check failed: jit_page.has_value()») where threads that make
 * machine code come and go and the processor has memory protection keys: its book of code pages is not safe
 * against that. Without the keys the pages are writable as they are on every processor that has none.
 */
export const steadyThreads = '--no-memory-protection-keys';

/**
 * Options of Node for a process that runs the gateway. What its sockets and files bring lies outside of the
 * JavaScript heap and is freed when the small objects that stand for it are: with a small young generation
 * that is often and cheap, and peak memory is some 30 MiB lower. A size of 1 would cost a tenth of
 * the speed of small answers, and save 15 MiB more.
 */
export const hostOptions = ['--max-semi-space-size=4', steadyThreads];
