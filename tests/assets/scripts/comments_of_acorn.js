// Says of each script, one JSON string a line on standard input, where its comments and its code
// end, by acorn (argument: its folder); null for what is no script.
const acorn = require(process.argv[2]);
const lines = require("node:readline").createInterface({ input: process.stdin });

function read(text) {
  const comments = [];
  let codeEnd = 0;
  acorn.parse(text, {
    ecmaVersion: "latest",
    sourceType: "script",
    onToken: (token) => {
      if (token.type !== acorn.tokTypes.eof) codeEnd = token.end;
    },
    onComment: (isBlock, content, start, end) => comments.push([start, end, isBlock]),
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
