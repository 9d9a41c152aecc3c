//! The calls of DisbursementService.

use contract::subsidy as contracted;
use contract::subsidy::disbursement_service_server::DisbursementService;
use contract::subsidy::{
    ApproveBatchRequest, ApproveBatchResponse, CloseYearRequest, CloseYearResponse,
    ConfirmAccountRequest, ConfirmAccountResponse, ConfirmReceiptRequest, ConfirmReceiptResponse,
    CreateBatchRequest, CreateBatchResponse, DecideClawbackRequest, DecideClawbackResponse,
    GetBatchRequest, GetBatchResponse, GetDisbursementRequest, GetDisbursementResponse,
    IngestPaymentReportRequest, IngestPaymentReportResponse, LapseDisbursementRequest,
    LapseDisbursementResponse, ListBatchesRequest, ListBatchesResponse, OpenClawbackRequest,
    OpenClawbackResponse, RecordRepaymentRequest, RecordRepaymentResponse, RejectBatchRequest,
    RejectBatchResponse, ResolveExceptionRequest, ResolveExceptionResponse, SendBatchRequest,
    SendBatchResponse, VerifyAccountRequest, VerifyAccountResponse,
};
use tonic::{Request, Response, Status};

use super::Api;
use super::batches::batch_id;
use super::disbursing::{Wanted, disbursement_id, opening, resolution, settled};
use crate::lifecycle::batch::BatchCommand;
use crate::lifecycle::disbursement::DisbursementCommand;

#[tonic::async_trait]
impl DisbursementService for Api {
    async fn create_batch(
        &self,
        request: Request<CreateBatchRequest>,
    ) -> Result<Response<CreateBatchResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.build(&asking, request.get_ref()).await?)
    }

    async fn approve_batch(
        &self,
        request: Request<ApproveBatchRequest>,
    ) -> Result<Response<ApproveBatchResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let id = batch_id(&request.get_ref().batch)?;
        let command = BatchCommand::Approve { by: asking.by.by() };
        let changed = self.change_batch(&asking, id, command).await?;
        let batch = Some(self.shown_batch(&changed).await?);
        Ok(self.answer(&asking, &changed, ApproveBatchResponse { batch }))
    }

    async fn reject_batch(
        &self,
        request: Request<RejectBatchRequest>,
    ) -> Result<Response<RejectBatchResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let command = BatchCommand::Reject { by: asking.by.by(), reason: asked.reason };
        let changed = self.change_batch(&asking, batch_id(&asked.batch)?, command).await?;
        let batch = Some(self.shown_batch(&changed).await?);
        Ok(self.answer(&asking, &changed, RejectBatchResponse { batch }))
    }

    async fn send_batch(
        &self,
        request: Request<SendBatchRequest>,
    ) -> Result<Response<SendBatchResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let id = batch_id(&request.get_ref().batch)?;
        Ok(self.send(&asking, id).await?)
    }

    async fn ingest_payment_report(
        &self,
        request: Request<IngestPaymentReportRequest>,
    ) -> Result<Response<IngestPaymentReportResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.ingest(&asking, &request.get_ref().file).await?)
    }

    async fn resolve_exception(
        &self,
        request: Request<ResolveExceptionRequest>,
    ) -> Result<Response<ResolveExceptionResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let command = DisbursementCommand::ResolveException {
            by: asking.by.by(),
            resolution: resolution(&asked)?,
            reason: asked.reason,
        };
        let answer = |disbursement| ResolveExceptionResponse { disbursement };
        let wanted = Wanted::OfFinance(command);
        self.of_disbursement(&asking, &asked.disbursement, wanted, answer).await
    }

    async fn confirm_account(
        &self,
        request: Request<ConfirmAccountRequest>,
    ) -> Result<Response<ConfirmAccountResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.confirm_an_account(&asking, &request.into_inner()).await?)
    }

    async fn verify_account(
        &self,
        request: Request<VerifyAccountRequest>,
    ) -> Result<Response<VerifyAccountResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let command = DisbursementCommand::VerifyAccount {
            by: asking.by.by(),
            correct: asked.verified,
            reason: asked.reason,
        };
        let answer = |disbursement| VerifyAccountResponse { disbursement };
        let wanted = Wanted::OfSecondReviewer(command);
        self.of_disbursement(&asking, &asked.disbursement, wanted, answer).await
    }

    async fn confirm_receipt(
        &self,
        request: Request<ConfirmReceiptRequest>,
    ) -> Result<Response<ConfirmReceiptResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let command = DisbursementCommand::ConfirmReceipt { by: asking.by.by() };
        let answer = |disbursement| ConfirmReceiptResponse { disbursement };
        let wanted = Wanted::OfEnterprise(command);
        self.of_disbursement(&asking, &asked.disbursement, wanted, answer).await
    }

    async fn lapse_disbursement(
        &self,
        request: Request<LapseDisbursementRequest>,
    ) -> Result<Response<LapseDisbursementResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let command = DisbursementCommand::Lapse { by: asking.by.by(), reason: asked.reason };
        let answer = |disbursement| LapseDisbursementResponse { disbursement };
        let wanted = Wanted::OfFinance(command);
        self.of_disbursement(&asking, &asked.disbursement, wanted, answer).await
    }

    async fn open_clawback(
        &self,
        request: Request<OpenClawbackRequest>,
    ) -> Result<Response<OpenClawbackResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let name = asked.disbursement.clone();
        let command =
            DisbursementCommand::OpenClawback { by: asking.by.by(), opening: opening(asked) };
        let answer = |disbursement| OpenClawbackResponse { disbursement };
        self.of_disbursement(&asking, &name, Wanted::OfReviewer(command), answer).await
    }

    async fn decide_clawback(
        &self,
        request: Request<DecideClawbackRequest>,
    ) -> Result<Response<DecideClawbackResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let name = asked.disbursement.clone();
        let command =
            DisbursementCommand::DecideClawback { by: asking.by.by(), decision: settled(asked)? };
        let answer = |disbursement| DecideClawbackResponse { disbursement };
        self.of_disbursement(&asking, &name, Wanted::OfDecider(command), answer).await
    }

    async fn record_repayment(
        &self,
        request: Request<RecordRepaymentRequest>,
    ) -> Result<Response<RecordRepaymentResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.into_inner();
        let name = asked.disbursement.clone();
        let command = super::disbursing::repayment(asking.by.by(), asked)?;
        let answer = |disbursement| RecordRepaymentResponse { disbursement };
        self.of_disbursement(&asking, &name, Wanted::OfFinance(command), answer).await
    }

    async fn close_year(
        &self,
        request: Request<CloseYearRequest>,
    ) -> Result<Response<CloseYearResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(self.close(&asking, request.into_inner()).await?)
    }

    async fn get_batch(
        &self,
        request: Request<GetBatchRequest>,
    ) -> Result<Response<GetBatchResponse>, Status> {
        self.let_in(&request).await?;
        let id = batch_id(&request.get_ref().batch)?;
        let batch = Some(self.find_a_batch(id).await?);
        Ok(Response::new(GetBatchResponse { batch }))
    }

    async fn list_batches(
        &self,
        request: Request<ListBatchesRequest>,
    ) -> Result<Response<ListBatchesResponse>, Status> {
        let asking = self.let_in(&request).await?;
        Ok(Response::new(self.list_of_batches(&asking, request.get_ref()).await?))
    }

    async fn get_disbursement(
        &self,
        request: Request<GetDisbursementRequest>,
    ) -> Result<Response<GetDisbursementResponse>, Status> {
        let asking = self.let_in(&request).await?;
        let asked = request.get_ref();
        let id = disbursement_id(&asked.disbursement)?;
        let shown: contracted::Disbursement =
            self.find_a_disbursement(&asking, id, asked.reveal_account).await?;
        Ok(Response::new(GetDisbursementResponse { disbursement: Some(shown) }))
    }
}
