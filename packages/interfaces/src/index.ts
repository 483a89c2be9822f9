/**
 * The contracts, events and typed errors that every Ouro part shares.
 *
 * @packageDocumentation
 */
export {};
