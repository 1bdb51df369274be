/** What stands in place of the user interface where it was not built. No styles: the policy allows no inline ones. */
export const unbuiltPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>DCMRS Broker</title></head>
<body>
<h1>DCMRS Broker</h1>
<p>The gateway runs, but its user interface has not been built.</p>
<p>Run <code>npm run build:renderer</code> in the folder of the program, then start it again.</p>
<p>Scripts can use the control API meanwhile: <code>/api/openapi.json</code> describes it.</p>
</body>
</html>
`;
