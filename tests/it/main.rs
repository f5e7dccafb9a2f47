//! One integration binary: the corpus, the data files, what they cover, and properties that hold for
//! every input. Tests are loops over folders, so a new folder is always seen.

mod cases;
mod console;
mod corpus;
mod coverage;
mod data;
mod demo;
mod expect;
mod files;
mod properties;
mod report;
mod schema;
mod tidy;
