//! Which names a block binds, and so which are its own.

use crate::python::syntax::{Block, Expression, Name, Statement};

/// The names that `block` binds, functions inside it left out.
pub(super) fn bound_in(block: &Block) -> Vec<Name> {
    let mut names = Vec::new();
    bind(block, &mut names);
    names
}

/// The names that a target binds.
pub(super) fn bound_by(target: &Expression, names: &mut Vec<Name>) {
    match target {
        Expression::Name(name) if !names.contains(name) => names.push(name.clone()),
        Expression::Tuple(items) | Expression::List(items) => {
            for item in items {
                bound_by(item, names);
            }
        }
        Expression::Starred(inner) => bound_by(inner, names),
        _ => {}
    }
}

fn bind(block: &Block, names: &mut Vec<Name>) {
    for statement in block {
        match statement {
            Statement::Assign(targets, _) | Statement::Delete(targets) => {
                for target in targets {
                    bound_by(target, names);
                }
            }
            Statement::Augment(target, ..) => bound_by(target, names),
            Statement::Define(function) => {
                bound_by(&Expression::Name(function.name.clone()), names);
            }
            Statement::If(branches, otherwise) => {
                for (_, body) in branches {
                    bind(body, names);
                }
                bind(otherwise, names);
            }
            Statement::For(each) => {
                bound_by(&each.target, names);
                bind(&each.body, names);
                bind(&each.otherwise, names);
            }
            Statement::While(_, body, otherwise) => {
                bind(body, names);
                bind(otherwise, names);
            }
            Statement::Try(attempt) => {
                bind(&attempt.body, names);
                for (_, body) in &attempt.handlers {
                    bind(body, names);
                }
                bind(&attempt.otherwise, names);
                bind(&attempt.finally, names);
            }
            _ => {}
        }
    }
}
