//! Reports: an analysis and a locale in, HTML or terminal text out. All words come from data.

mod chart;
mod compare;
mod encyclopaedia;
mod events;
mod explained;
mod find;
mod hosts;
mod html;
mod index;
mod listing;
mod lists;
mod pattern;
mod plan;
mod products;
mod served;
mod site;
mod steps;
mod text;
mod timeline;
mod view;
mod written;

pub use compare::comparison_text;
pub use encyclopaedia::{KINDS, entries_page, entry_page};
pub use find::{FIND_ROWS, Finder};
pub use html::{CaseLinks, RenderError, Renderer, TEMPLATES};
pub use index::{IndexMeta, IndexRow, PROBLEMS_SHOWN, ProblemFile, index_row, page_ending};
pub use listing::{ListPage, Listing, PAGE_ROWS};
pub use lists::LIST_ROWS;
pub(crate) use pattern::text as pattern_text;
pub use served::ServedCase;
pub use site::SITE_ROWS;
pub(crate) use site::lines as site_lines;
pub use text::case_text;
