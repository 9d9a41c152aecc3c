//! Which expressions a policy may have: a typed part of CEL over known facts, without regular
//! expressions, floating point and anything whose cost is not bounded by its length.

use std::collections::BTreeMap;

use cel::common::ast::{
    CallExpr, ComprehensionExpr, Expr, IdedExpr, ListExpr, LiteralValue, SelectExpr, SourceInfo,
    operators as op,
};

use super::expression::Fault;
use super::flaw::{FlawKind, Place};
use super::scan::place_of;
use super::schema::{CLAIM, ENTERPRISE, Kind, Schema};

/// The most parts that an expression may have, with all that its macros expand to.
const PARTS_MAX: usize = 400;
/// How deep its parts may stand in one another: each level takes whoever evaluates it a part of a
/// stack. What is joined by `&&` and `||` is halved, so that it is never deep.
const LEVELS_MAX: usize = 20;

/// Of which type a part of an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Int,
    Text,
    List(Box<Type>),
}

impl Type {
    fn of(kind: Kind) -> Type {
        match kind {
            Kind::Bool => Type::Bool,
            Kind::Int => Type::Int,
            Kind::Text => Type::Text,
            Kind::Texts => Type::List(Box::new(Type::Text)),
        }
    }

    /// What it is called.
    pub(super) fn chinese(&self) -> &'static str {
        match self {
            Type::Bool => "是/否",
            Type::Int => "整数",
            Type::Text => "文本",
            Type::List(_) => "列表",
        }
    }
}

/// An expression being typed.
pub(super) struct Typing<'a> {
    text: &'a str,
    source: &'a SourceInfo,
    schema: &'a Schema<'a>,
    fields: BTreeMap<String, Kind>,
    /// What a macro names, innermost last.
    bound: Vec<(String, Type)>,
    parts: usize,
    levels: usize,
}

impl<'a> Typing<'a> {
    pub(super) fn new(text: &'a str, source: &'a SourceInfo, schema: &'a Schema<'a>) -> Typing<'a> {
        Typing {
            text,
            source,
            schema,
            fields: BTreeMap::new(),
            bound: Vec::new(),
            parts: 0,
            levels: 0,
        }
    }

    /// The facts that were spoken of, each with its type.
    pub(super) fn into_fields(self) -> BTreeMap<String, Kind> {
        self.fields
    }

    /// Where a part stands.
    pub(super) fn place(&self, part: &IdedExpr) -> Place {
        let offset = self.source.offset_for(part.id).map(|(start, _)| start);
        let offset = offset.and_then(|start| usize::try_from(start).ok());
        place_of(self.text, offset.unwrap_or_default())
    }

    /// The type of a part, and of all parts in it.
    pub(super) fn type_of(&mut self, part: &IdedExpr) -> Result<Type, Fault> {
        self.parts += 1;
        self.levels += 1;
        if PARTS_MAX < self.parts || LEVELS_MAX < self.levels {
            let why = "表达式过于复杂，请拆成几条条件";
            return Err(self.fault(FlawKind::TooCostly, part, why));
        }
        let found = self.type_within(part)?;
        self.levels -= 1;
        Ok(found)
    }

    fn type_within(&mut self, part: &IdedExpr) -> Result<Type, Fault> {
        match &part.expr {
            Expr::Literal(literal) => self.literal(part, literal),
            Expr::Ident(name) => self.name(part, name),
            Expr::Select(select) => self.field(part, select),
            Expr::List(list) => self.list(part, list),
            Expr::Call(call) => self.call(part, call),
            Expr::Comprehension(comprehension) => self.comprehension(part, comprehension),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(self.fault(FlawKind::UnknownFunction, part, "不支持映射和消息的写法"))
            }
        }
    }

    fn literal(&self, part: &IdedExpr, literal: &LiteralValue) -> Result<Type, Fault> {
        match literal {
            LiteralValue::Boolean(_) => Ok(Type::Bool),
            LiteralValue::Int(_) => Ok(Type::Int),
            LiteralValue::String(_) => Ok(Type::Text),
            LiteralValue::Null => {
                let why = "不支持与 null 比较；请用 has(…) 判断是否填写";
                Err(self.fault(FlawKind::WrongType, part, why))
            }
            LiteralValue::Double(_) | LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                let why = "只支持整数、文本和是/否；金额以分为单位写成整数";
                Err(self.fault(FlawKind::WrongType, part, why))
            }
        }
    }

    /// A name by itself: only what a macro has bound.
    fn name(&self, part: &IdedExpr, name: &str) -> Result<Type, Fault> {
        let bound = self.bound.iter().rev().find(|(bound, _)| bound == name);
        bound.map(|(_, of)| of.clone()).ok_or_else(|| {
            let why =
                format!("没有“{name}”；企业信息写成 {ENTERPRISE}.字段，申报内容写成 {CLAIM}.字段");
            self.fault(FlawKind::UnknownField, part, why)
        })
    }

    /// `enterprise.size`, or `has(enterprise.size)`.
    fn field(&mut self, part: &IdedExpr, select: &SelectExpr) -> Result<Type, Fault> {
        let Expr::Ident(root) = &select.operand.expr else {
            let why = format!("“{}”前面不是企业信息或申报内容，没有下级字段", select.field);
            return Err(self.fault(FlawKind::UnknownField, part, why));
        };
        let name = format!("{root}.{}", select.field);
        let Some(kind) = self.schema.kind(&name) else {
            let why = if root == CLAIM {
                format!("没有申报内容“{name}”；请先在申报内容中列出")
            } else {
                format!("没有字段“{name}”；请按企业信息的字段表核对")
            };
            return Err(self.fault(FlawKind::UnknownField, &select.operand, why));
        };
        self.fields.insert(name, kind);
        Ok(if select.test { Type::Bool } else { Type::of(kind) })
    }

    /// A list of things of one type.
    fn list(&mut self, part: &IdedExpr, list: &ListExpr) -> Result<Type, Fault> {
        let Some((first, others)) = list.elements.split_first() else {
            return Err(self.fault(FlawKind::WrongType, part, "列表不能为空"));
        };
        let one = self.type_of(first)?;
        if matches!(one, Type::List(_)) {
            return Err(self.fault(FlawKind::WrongType, first, "列表里不能再有列表"));
        }
        for other in others {
            self.want(other, &one)?;
        }
        Ok(Type::List(Box::new(one)))
    }

    /// A part that must be of a type.
    fn want(&mut self, part: &IdedExpr, wanted: &Type) -> Result<(), Fault> {
        let found = self.type_of(part)?;
        if found == *wanted {
            return Ok(());
        }
        let why = format!("此处须为{}，写的却是{}", wanted.chinese(), found.chinese());
        Err(self.fault(FlawKind::WrongType, part, why))
    }

    fn call(&mut self, part: &IdedExpr, call: &CallExpr) -> Result<Type, Fault> {
        if let Some(target) = &call.target {
            return self.method(part, target, call);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR, [left, right]) => {
                self.want(left, &Type::Bool)?;
                self.want(right, &Type::Bool)?;
                Ok(Type::Bool)
            }
            (op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE, [one]) => {
                self.want(one, &Type::Bool)?;
                Ok(Type::Bool)
            }
            (op::CONDITIONAL, [condition, then, other]) => {
                self.want(condition, &Type::Bool)?;
                let found = self.type_of(then)?;
                self.want(other, &found)?;
                Ok(found)
            }
            (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO, [left, right]) => {
                self.want(left, &Type::Int)?;
                self.want(right, &Type::Int)?;
                Ok(Type::Int)
            }
            (op::NEGATE, [one]) => {
                self.want(one, &Type::Int)?;
                Ok(Type::Int)
            }
            (op::EQUALS | op::NOT_EQUALS, [left, right]) => {
                let found = self.type_of(left)?;
                self.want(right, &found)?;
                Ok(Type::Bool)
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [left, right]) => {
                self.want(left, &Type::Int)?;
                self.want(right, &Type::Int)?;
                Ok(Type::Bool)
            }
            (op::IN, [one, list]) => {
                let found = self.type_of(one)?;
                self.want(list, &Type::List(Box::new(found)))?;
                Ok(Type::Bool)
            }
            ("size", [one]) => self.size(one),
            _ => Err(self.unknown_function(part, call)),
        }
    }

    /// `claim.title.startsWith("…")`.
    fn method(
        &mut self,
        part: &IdedExpr,
        target: &IdedExpr,
        call: &CallExpr,
    ) -> Result<Type, Fault> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            ("startsWith" | "endsWith" | "contains", [words]) => {
                self.want(target, &Type::Text)?;
                self.want(words, &Type::Text)?;
                Ok(Type::Bool)
            }
            ("size", []) => self.size(target),
            _ => Err(self.unknown_function(part, call)),
        }
    }

    /// How many characters a text has, or values a list.
    fn size(&mut self, part: &IdedExpr) -> Result<Type, Fault> {
        match self.type_of(part)? {
            Type::Text | Type::List(_) => Ok(Type::Int),
            found @ (Type::Bool | Type::Int) => {
                let why = format!("size 只用于文本或列表，写的却是{}", found.chinese());
                Err(self.fault(FlawKind::WrongType, part, why))
            }
        }
    }

    /// `list.all(x, …)`, `exists`, `exists_one`, as their macros expand; not one within another, so
    /// that the cost stays below the length of a list times that of the text.
    fn comprehension(
        &mut self,
        part: &IdedExpr,
        macros: &ComprehensionExpr,
    ) -> Result<Type, Fault> {
        if !self.bound.is_empty() {
            let why = "all、exists 等不能互相嵌套，请拆成几条条件";
            return Err(self.fault(FlawKind::TooCostly, part, why));
        }
        let variable = macros.iter_var.as_str();
        if variable == ENTERPRISE || variable == CLAIM {
            let why = format!("“{variable}”已用作名称，请换一个变量名");
            return Err(self.fault(FlawKind::NamedTwice, part, why));
        }
        let range = self.type_of(&macros.iter_range)?;
        let Type::List(one) = range else {
            let why = format!("all、exists 等只用于列表，写的却是{}", range.chinese());
            return Err(self.fault(FlawKind::WrongType, &macros.iter_range, why));
        };
        if macros.iter_var2.is_some() || matches!(macros.accu_init.expr, Expr::List(_)) {
            let why = "不支持 map 和 filter；请用 all、exists 或 exists_one";
            return Err(self.fault(FlawKind::UnknownFunction, part, why));
        }
        let sum = self.type_of(&macros.accu_init)?;
        self.bound.push((macros.accu_var.clone(), sum.clone()));
        self.bound.push((macros.iter_var.clone(), *one));
        self.want(&macros.loop_cond, &Type::Bool)?;
        self.want(&macros.loop_step, &sum)?;
        let found = self.type_of(&macros.result)?;
        self.bound.clear();
        Ok(found)
    }

    fn unknown_function(&self, part: &IdedExpr, call: &CallExpr) -> Fault {
        let why = match call.func_name.as_str() {
            "matches" => "不支持正则表达式；请用 startsWith、endsWith、contains 或 in".to_owned(),
            op::INDEX => "不支持下标；请用 in、all 或 exists".to_owned(),
            name => {
                format!(
                    "没有函数“{name}”，或者参数个数不对；可用 has、size、startsWith、endsWith、contains、in、all、exists、exists_one"
                )
            }
        };
        self.fault(FlawKind::UnknownFunction, part, why)
    }

    fn fault(&self, kind: FlawKind, part: &IdedExpr, why: impl Into<String>) -> Fault {
        Fault::new(kind, self.place(part), why)
    }
}
