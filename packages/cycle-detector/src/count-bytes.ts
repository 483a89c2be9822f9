// What the byte of an object says while a map detector works (map-detector.ts has the story).
//
//   0 … 251   references found inside
//   252       more than that: the exact count is in a table
//   253       rescued, and its slots wait for a sweep, as the queue was full
//   254       rescued: reached behind the cursor, and in the queue; noted where objects untrack
//
// Bundlers fold constants of a file without imports into the code that names them.

export const LARGEST = 251;
export const MANY = 252;
export const WAITING = 253;
export const RESCUED = 254;
