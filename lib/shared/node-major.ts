/** Of the Node that runs this: what its V8 does differently goes by it. */
export const nodeMajor = Number.parseInt(process.versions.node, 10);
