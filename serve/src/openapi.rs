//! The description of the API, `OpenAPI` 3.1. The shape of a case comes from the library's own JSON Schema.

use kms_triage::case::json_schema;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::api;
use crate::receive::{JsonFile, JsonUpload};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "kms-triage",
        description = "Says from the output of slmgr, ospp and event logs why activation failed and what to do.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(api::check, api::create, api::case, api::extend, api::delete),
    components(schemas(api::ApiCase, api::ApiError, api::ApiProblem, api::FormUpload, JsonUpload, JsonFile))
)]
struct Description;

/// The description as JSON.
pub(crate) fn description() -> Value {
    let mut described = serde_json::to_value(Description::openapi()).unwrap_or_default();
    let mut case = json_schema();
    let parts = case.as_object_mut().and_then(|c| c.remove("$defs")).unwrap_or_default();
    if let Some(case) = case.as_object_mut() {
        case.remove("$schema");
    }
    let mut schemas: Vec<(String, Value)> = vec![("Case".to_owned(), case)];
    schemas.extend(parts.as_object().into_iter().flatten().map(|(name, part)| (name.clone(), part.clone())));
    for (name, mut schema) in schemas {
        point_to_components(&mut schema);
        if let Some(all) = described.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
            all.insert(name, schema);
        }
    }
    let case = json!({ "$ref": "#/components/schemas/Case" });
    let places =
        ["/components/schemas/ApiCase/properties/case", "/paths/~1api~1v1~1check/post/responses/200/content/application~1json/schema"];
    for place in places {
        if let Some(place) = described.pointer_mut(place) {
            *place = case.clone();
        }
    }
    described
}

/// `#/$defs/Verdict` → `#/components/schemas/Verdict`
fn point_to_components(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field {
                    Value::String(target) if name == "$ref" => *target = target.replace("#/$defs/", "#/components/schemas/"),
                    other => point_to_components(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(point_to_components),
        _ => {}
    }
}
