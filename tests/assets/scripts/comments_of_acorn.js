// Says of each script, one JSON string a line on standard input, where its comments and its code
// end, by acorn (argument: its folder); null for what is no script.
const acorn = require(process.argv[2]);
const lines = require("node:readline").createInterface({ input: process.stdin });

function read(text) {
  const comments = [];
  // A hashbang is a comment for acorn, and code for us: nothing may be put before it.
  let codeEnd = text.startsWith("#!") ? text.search(/[\n\r\u2028\u2029]|$/) : 0;
  acorn.parse(text, {
    ecmaVersion: "latest",
    sourceType: "script",
    onToken: (token) => {
      if (token.type !== acorn.tokTypes.eof) codeEnd = token.end;
    },
    onComment: (isBlock, content, start, end) => {
      if (!text.startsWith("#!", start)) comments.push([start, end, isBlock]);
    },
  });
  return { comments, codeEnd };
}

lines.on("line", (line) => {
  let said = null;
  try {
    said = read(JSON.parse(line));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  console.log(JSON.stringify(said));
});
