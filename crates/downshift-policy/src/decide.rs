//! The decision: facts in, a plan out. Total, pure, and without a lock or a clock.

use std::sync::Arc;

use crate::facts::{Facts, Rung, probability_of};
use crate::plan::{AnswerStep, Candidate, Plan, Skip, SpecialistStep, Why};
use crate::policy::{Binding, CANDIDATE_FLOOR, Policy, Rule, Target};

/// Who has the say over a request, highest first.
enum Say<'a> {
    /// The caller, who forces a rung.
    Forced(Rung),
    /// The caller, who names a model.
    Named,
    /// The operator, by the first rule that holds.
    Ruled(&'a Rule),
    /// The conversation, which is with a model.
    Stuck(&'a Arc<str>),
    /// The intents.
    Open,
}

impl Policy {
    /// Decides which rungs may try, and why the others may not.
    ///
    /// A forced rung is the caller's own key: it waives the classifier's thresholds,
    /// but neither the grammar of an answerer nor [`Facts::answerable`].
    pub fn decide(&self, facts: &Facts) -> Plan {
        let mut say = self.say(facts);
        let said;
        let mut facts = facts;
        if let Say::Ruled(Rule {
            target: Target::Intent(intent),
            ..
        }) = say
        {
            said = facts.said_to_be(intent);
            facts = &said;
            say = self.stuck(facts).map_or(Say::Open, Say::Stuck);
        }
        let top = facts.top();
        let mut skipped = Vec::new();
        let answer = noted(self.answer(facts, &say), Rung::Answer, &mut skipped);
        let specialist = noted(self.specialist(facts, &say), Rung::Specialist, &mut skipped);
        let llm = noted(self.large(facts, &say), Rung::Llm, &mut skipped);
        Plan {
            intent: top.map(|(intent, _)| intent.clone()),
            confidence: top.map(|(_, probability)| probability),
            answer,
            specialist,
            llm,
            shadow: self.shadowed(&say, top),
            skipped,
        }
    }

    fn say(&self, facts: &Facts) -> Say<'_> {
        if let Some(rung) = facts.forced {
            return Say::Forced(rung);
        }
        if !facts.routed {
            return Say::Named;
        }
        match self.rules.iter().find(|rule| rule.when.holds(facts)) {
            Some(rule) => Say::Ruled(rule),
            None => self.stuck(facts).map_or(Say::Open, Say::Stuck),
        }
    }

    /// The model that the conversation is with, if there still is one of that name.
    fn stuck(&self, facts: &Facts) -> Option<&Arc<str>> {
        let model = self.models.get_key_value(facts.stays_on.as_ref()?);
        model.map(|(name, _)| name)
    }

    fn answer(&self, facts: &Facts, say: &Say<'_>) -> Result<AnswerStep, Why> {
        match say {
            Say::Forced(Rung::Answer) => {
                facts.answerable()?;
                self.forced_answer(facts)
            }
            Say::Forced(_) => Err(Why::Forced),
            Say::Named => Err(Why::RequestedModel),
            Say::Ruled(_) => Err(Why::Rule),
            // What can be computed needs no model, and so leaves none.
            Say::Stuck(_) => facts
                .answerable()
                .and_then(|()| self.open_answer(facts))
                .map_err(|_| Why::Sticky),
            Say::Open => {
                facts.answerable()?;
                self.open_answer(facts)
            }
        }
    }

    /// The first key: together, the intents that can be answered are probable enough.
    fn open_answer(&self, facts: &Facts) -> Result<AnswerStep, Why> {
        let (top, _) = read(facts)?;
        let mut candidates = self.candidates(facts);
        let Some(first) = candidates.first() else {
            return Err(Why::Unbound);
        };
        let threshold = self
            .binding(&first.intent)
            .map_or(1.0, |binding| binding.threshold);
        let confidence = candidates
            .iter()
            .map(|candidate| candidate.probability)
            .sum::<f32>()
            .min(1.0);
        if confidence < threshold {
            let bound = self
                .binding(top)
                .is_some_and(|binding| binding.answer.is_some());
            return Err(if bound {
                Why::LowConfidence
            } else {
                Why::Unbound
            });
        }
        let probable =
            candidates.partition_point(|candidate| candidate.probability >= CANDIDATE_FLOOR);
        candidates.truncate(probable.max(1));
        Ok(AnswerStep {
            candidates,
            confidence,
            threshold,
        })
    }

    /// The caller turns the first key: every grammar may read the query.
    fn forced_answer(&self, facts: &Facts) -> Result<AnswerStep, Why> {
        let mut candidates = self.candidates(facts);
        let confidence = candidates
            .iter()
            .map(|candidate| candidate.probability)
            .sum::<f32>()
            .min(1.0);
        for (intent, binding) in &self.intents {
            if !candidates
                .iter()
                .any(|candidate| candidate.intent == *intent)
            {
                candidates.extend(candidate(intent, binding, 0.0));
            }
        }
        if candidates.is_empty() {
            return Err(Why::Unbound);
        }
        Ok(AnswerStep {
            candidates,
            confidence,
            threshold: 0.0,
        })
    }

    /// The classified intents that can be answered, most probable first.
    fn candidates(&self, facts: &Facts) -> Vec<Candidate> {
        let bound = facts.intents.iter().filter_map(|(intent, probability)| {
            let (intent, binding) = self.intents.get_key_value(intent)?;
            candidate(intent, binding, probability_of(*probability))
        });
        let mut candidates = bound.collect::<Vec<_>>();
        candidates.sort_by(|one, other| other.probability.total_cmp(&one.probability));
        candidates
    }

    fn specialist(&self, facts: &Facts, say: &Say<'_>) -> Result<SpecialistStep, Why> {
        match say {
            Say::Forced(Rung::Specialist) => self.forced_specialist(facts),
            Say::Forced(_) => Err(Why::Forced),
            Say::Named => Err(Why::RequestedModel),
            Say::Ruled(rule) => {
                let Target::Model(model) = &rule.target else {
                    return Err(Why::Rule);
                };
                self.able(model, facts)?;
                Ok(SpecialistStep {
                    judging: Some(self.unsaid.clone()),
                    ..regardless(model)
                })
            }
            Say::Stuck(model) if **model == self.llm => Err(Why::Sticky),
            Say::Stuck(model) => {
                self.able(model, facts)?;
                Ok(self.specialised(model, facts))
            }
            Say::Open => self.open_specialist(facts),
        }
    }

    /// A model that is asked because the conversation is with it; its replies are judged as those
    /// to an intent of its own.
    fn specialised(&self, model: &Arc<str>, facts: &Facts) -> SpecialistStep {
        let is_its = |binding: &&Binding| binding.specialist.as_ref() == Some(model);
        let top = facts.top().and_then(|(intent, _)| self.binding(intent));
        let binding = top.filter(is_its);
        let binding = binding.or_else(|| self.intents.values().find(is_its));
        SpecialistStep {
            escalate_below: binding.and_then(|binding| binding.escalate_below),
            ..regardless(model)
        }
    }

    fn open_specialist(&self, facts: &Facts) -> Result<SpecialistStep, Why> {
        if facts.tool_result {
            return Err(Why::ToolResult);
        }
        let (top, probability) = read(facts)?;
        let binding = self.binding(top).ok_or(Why::Unbound)?;
        let model = binding.specialist.as_ref().ok_or(Why::Unbound)?;
        if !facts.in_scope() {
            return Err(Why::OutOfScope);
        }
        if probability < binding.threshold {
            return Err(Why::LowConfidence);
        }
        self.able(model, facts)?;
        let (model, threshold) = (model.clone(), binding.threshold);
        Ok(SpecialistStep {
            model,
            threshold,
            escalate_below: binding.escalate_below,
            judging: binding.judging.clone(),
        })
    }

    /// The model that the caller names, or else that of the most probable intent which has one.
    fn forced_specialist(&self, facts: &Facts) -> Result<SpecialistStep, Why> {
        if !facts.routed
            && let Some((named, _)) = self.models.get_key_value(facts.requested_model.as_str())
        {
            return Ok(regardless(named));
        }
        classified(facts)?;
        let mut found: Option<(&Arc<str>, f32)> = None;
        for (intent, probability) in &facts.intents {
            let model = self
                .binding(intent)
                .and_then(|binding| binding.specialist.as_ref());
            let probability = probability_of(*probability);
            if let Some(model) = model
                && found.is_none_or(|(_, highest)| probability > highest)
            {
                found = Some((model, probability));
            }
        }
        let (model, _) = found.ok_or(Why::Unbound)?;
        self.able(model, facts)?;
        Ok(regardless(model))
    }

    /// The model that the caller names, or the top rung.
    fn large(&self, facts: &Facts, say: &Say<'_>) -> Result<Arc<str>, Why> {
        if matches!(say, Say::Forced(Rung::Answer | Rung::Specialist)) {
            return Err(Why::Forced);
        }
        let named = self.models.get_key_value(facts.requested_model.as_str());
        match named {
            Some((model, _)) if !facts.routed => Ok(model.clone()),
            _ => Ok(self.llm.clone()),
        }
    }

    /// Whether what the intents would do is only recorded; a caller's or a rule's word always counts.
    fn shadowed(&self, say: &Say<'_>, top: Option<(&Arc<str>, f32)>) -> bool {
        let binding = top.and_then(|(intent, _)| self.binding(intent));
        matches!(say, Say::Open) && binding.is_some_and(|binding| binding.shadow)
    }

    fn able(&self, model: &Arc<str>, facts: &Facts) -> Result<(), Why> {
        self.models.get(model).ok_or(Why::Unbound)?.admit(facts)
    }

    fn binding(&self, intent: &Arc<str>) -> Option<&Binding> {
        self.intents.get(intent)
    }
}

/// Keeps the step, or notes why there is none.
fn noted<T>(step: Result<T, Why>, rung: Rung, skipped: &mut Vec<Skip>) -> Option<T> {
    step.map_err(|why| skipped.push(Skip { rung, why })).ok()
}

/// The most probable intent, if its probability says something.
fn read(facts: &Facts) -> Result<(&Arc<str>, f32), Why> {
    let found = classified(facts)?;
    if facts.unreadable {
        return Err(Why::Language);
    }
    Ok(found)
}

/// The most probable intent, or why there is none.
fn classified(facts: &Facts) -> Result<(&Arc<str>, f32), Why> {
    if facts.classifier_failed {
        return Err(Why::ClassifierFailed);
    }
    facts.top().ok_or(Why::NoIntent)
}

fn candidate(intent: &Arc<str>, binding: &Binding, probability: f32) -> Option<Candidate> {
    let answer = binding.answer.as_ref()?;
    let (answerer, tables) = (answer.answerer.clone(), answer.tables.clone());
    Some(Candidate {
        intent: intent.clone(),
        answerer,
        tables,
        probability,
    })
}

/// A model that is asked whatever the classifier says.
fn regardless(model: &Arc<str>) -> SpecialistStep {
    SpecialistStep {
        model: model.clone(),
        threshold: 0.0,
        escalate_below: None,
        judging: None,
    }
}

#[cfg(test)]
mod tests;
