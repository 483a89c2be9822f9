// What `ouro verify` is given where little is asked: a heap, whose suite is the quickest.
import { createPrivateHeap } from "@ouro/heap";

export const heap = {
  name: "private heap",
  returnsMemory: false,
  make: (options) => createPrivateHeap({ reservationBytes: 2 ** 23, ...options }),
};
