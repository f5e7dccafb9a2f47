//! The same events in every form and three languages; damage; hostile input.

mod bare;
mod damage;
mod data;
mod forms;
mod messages;
mod property_list;
mod samples;
