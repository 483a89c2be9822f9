// All sentences about the command.

import { answerProperties } from "./answer-properties.js";
import { comparisonProperties } from "./comparison-properties.js";
import { oracleProperties } from "./oracle-properties.js";
import { tellingProperties } from "./telling-properties.js";

export const commandProperties = [
  ...answerProperties,
  ...comparisonProperties,
  ...oracleProperties,
  ...tellingProperties,
];
