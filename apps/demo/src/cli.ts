/** The ouro command line. Its commands are not here yet. */
console.error(`ouro ${process.argv.slice(2).join(" ")}: no command is implemented yet.`);
