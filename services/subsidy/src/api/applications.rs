//! The calls of ApplicationService.

use base::{DepartmentId, Fen};
use contract::subsidy as contracted;
use contract::subsidy::application_service_server::ApplicationService;
use contract::subsidy::{
    AcceptApplicationRequest, AcceptApplicationResponse, ApplyRequest, ApplyResponse,
    ApproveApplicationRequest, ApproveApplicationResponse, ConfirmMatchRequest,
    ConfirmMatchResponse, DecideObjectionRequest, DecideObjectionResponse, GetApplicationRequest,
    GetApplicationResponse, ListApplicationHistoryRequest, ListApplicationHistoryResponse,
    ListApplicationsRequest, ListApplicationsResponse, MatchApplicantsRequest,
    MatchApplicantsResponse, RaiseObjectionRequest, RaiseObjectionResponse,
    RedirectApplicationRequest, RedirectApplicationResponse, RejectApplicationRequest,
    RejectApplicationResponse, ReturnForSupplementRequest, ReturnForSupplementResponse,
    ReviewApplicationRequest, ReviewApplicationResponse, SecondReviewApplicationRequest,
    SecondReviewApplicationResponse, StartNoticeRequest, StartNoticeResponse,
    SupplementApplicationRequest, SupplementApplicationResponse, WithdrawApplicationRequest,
    WithdrawApplicationResponse,
};
use runtime::{Problem, Refusal};
use tonic::{Request, Response, Status};

use super::applying::payee_from;
use super::deciding::Wanted;
use super::{Api, Asking};
use crate::lifecycle::application::{Ask, Minutes};
use crate::wire;
use crate::wire::application::{document_from, id_from, lack_from};
use crate::wire::facts::claim_from;

#[tonic::async_trait]
impl ApplicationService for Api {
    async fn match_applicants(
        &self,
        request: Request<MatchApplicantsRequest>,
    ) -> Result<Response<MatchApplicantsResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.find_applicants(&asking, request.get_ref()).await?)
    }

    async fn confirm_match(
        &self,
        request: Request<ConfirmMatchRequest>,
    ) -> Result<Response<ConfirmMatchResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let payee = payee_from("payee", asked.payee.as_ref())?;
        let wanted = Wanted::ConfirmMatch(payee);
        let answer = |application| ConfirmMatchResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn apply(
        &self,
        request: Request<ApplyRequest>,
    ) -> Result<Response<ApplyResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let changed = self.file(&asking, request.into_inner()).await?;
        let application = Some(self.shown_change(&asking, &changed)?);
        Ok(self.answer(&asking, &changed, ApplyResponse { application }))
    }

    async fn return_for_supplement(
        &self,
        request: Request<ReturnForSupplementRequest>,
    ) -> Result<Response<ReturnForSupplementResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let lacks = asked.lacks.into_iter().map(lack_from).collect();
        let wanted = Wanted::OfChecker(Ask::ReturnForSupplement { lacks });
        let answer = |application| ReturnForSupplementResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn supplement_application(
        &self,
        request: Request<SupplementApplicationRequest>,
    ) -> Result<Response<SupplementApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let documents = asked.documents.iter().map(document_from).collect();
        let wanted = Wanted::Supplement { claim: claim_from(&asked.claim)?, documents };
        let answer = |application| SupplementApplicationResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn accept_application(
        &self,
        request: Request<AcceptApplicationRequest>,
    ) -> Result<Response<AcceptApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let answer = |application| AcceptApplicationResponse { application };
        self.decided(&asking, &asked.application, Wanted::Accept, answer).await
    }

    async fn reject_application(
        &self,
        request: Request<RejectApplicationRequest>,
    ) -> Result<Response<RejectApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let wanted = Wanted::Reject { reason: asked.reason, remedy: asked.remedy };
        let answer = |application| RejectApplicationResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn review_application(
        &self,
        request: Request<ReviewApplicationRequest>,
    ) -> Result<Response<ReviewApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let wanted = Wanted::Review {
            amount: Fen(asked.amount_fen),
            reason: asked.lowered_because,
            opinion: asked.opinion,
        };
        let answer = |application| ReviewApplicationResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn second_review_application(
        &self,
        request: Request<SecondReviewApplicationRequest>,
    ) -> Result<Response<SecondReviewApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let wanted = Wanted::SecondReview { opinion: asked.opinion };
        let answer = |application| SecondReviewApplicationResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn start_notice(
        &self,
        request: Request<StartNoticeRequest>,
    ) -> Result<Response<StartNoticeResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.announce(&asking, request.into_inner()).await?)
    }

    async fn raise_objection(
        &self,
        request: Request<RaiseObjectionRequest>,
    ) -> Result<Response<RaiseObjectionResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.object(&asking, request.into_inner()).await?)
    }

    async fn decide_objection(
        &self,
        request: Request<DecideObjectionRequest>,
    ) -> Result<Response<DecideObjectionResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let wanted = Wanted::OfLeader(Ask::DecideObjection {
            number: wire::unsigned(asked.objection),
            upheld: asked.upheld,
            reason: asked.decision,
        });
        let answer = |application| DecideObjectionResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn approve_application(
        &self,
        request: Request<ApproveApplicationRequest>,
    ) -> Result<Response<ApproveApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let wanted = Wanted::Approve { minutes: minutes_from(&asked)? };
        let answer = |application| ApproveApplicationResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn withdraw_application(
        &self,
        request: Request<WithdrawApplicationRequest>,
    ) -> Result<Response<WithdrawApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let wanted = Wanted::OfEnterprise(Ask::Withdraw { reason: asked.reason });
        let answer = |application| WithdrawApplicationResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn redirect_application(
        &self,
        request: Request<RedirectApplicationRequest>,
    ) -> Result<Response<RedirectApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let to = DepartmentId::parse(&asked.department);
        let to = to.map_err(|error| Refusal::name("department", &error))?;
        let wanted = Wanted::Redirect { to, reason: asked.reason };
        let answer = |application| RedirectApplicationResponse { application };
        self.decided(&asking, &asked.application, wanted, answer).await
    }

    async fn get_application(
        &self,
        request: Request<GetApplicationRequest>,
    ) -> Result<Response<GetApplicationResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.get_ref();
        let found = self.find(&asking, asked).await?;
        let application = if asked.reveal_account {
            self.revealed_application(&asking, &found).await?
        } else {
            self.shown_application(&asking, &found)
        };
        Ok(Response::new(GetApplicationResponse { application: Some(application) }))
    }

    async fn list_applications(
        &self,
        request: Request<ListApplicationsRequest>,
    ) -> Result<Response<ListApplicationsResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.list_of_applications(&asking, request.get_ref()).await?))
    }

    async fn list_application_history(
        &self,
        request: Request<ListApplicationHistoryRequest>,
    ) -> Result<Response<ListApplicationHistoryResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.history(&asking, request.get_ref()).await?))
    }
}

impl Api {
    /// Asks something of an application, and answers with the application as it then is.
    async fn decided<N>(
        &self,
        asking: &Asking,
        name: &str,
        wanted: Wanted,
        response: fn(Option<contracted::Application>) -> N,
    ) -> Result<Response<N>, Status> {
        let changed = self.decide(asking, id_from(name)?, wanted).await?;
        let application = self.shown_change(asking, &changed)?;
        Ok(self.answer(asking, &changed, response(Some(application))))
    }
}

/// The minutes that an approval stands on, with their file, or none of both.
fn minutes_from(asked: &ApproveApplicationRequest) -> Result<Option<Minutes>, Refusal> {
    match (&asked.minutes, asked.minutes_number.trim()) {
        (None, "") => Ok(None),
        (Some(file), number) if !number.is_empty() => {
            Ok(Some(Minutes { number: number.to_owned(), file: document_from(file) }))
        }
        (Some(_), _) => Err(Refusal::field("minutes_number", Problem::Required)),
        (None, _) => Err(Refusal::field("minutes", Problem::Required)),
    }
}
