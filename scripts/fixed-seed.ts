// Before each test file: properties that name no seed play the same programs each time, so that a
// run of the suite can be had again. OURO_SEED sets another one.

import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.OURO_SEED ?? 1) });
