// What `ouro verify` is given: a strategy as its package exports it.
import { trialDeletionStrategy } from "@ouro/memory-manager";

export default trialDeletionStrategy;
