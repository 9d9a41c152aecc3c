//! One test, two sizes.

/// Makes of each function `async fn name(size: Size) -> anyhow::Result<()>` two tests, one on each
/// size: `embedded::name` and `real::name`.
#[macro_export]
macro_rules! on_both_sizes {
    ($($name:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() -> anyhow::Result<()> {
                    super::$name($crate::Size::Embedded).await
                }
            )+
        }
        mod real {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() -> anyhow::Result<()> {
                    super::$name($crate::Size::Real).await
                }
            )+
        }
    };
}
