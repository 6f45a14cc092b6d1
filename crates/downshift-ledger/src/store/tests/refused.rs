//! Stores that cannot be worked with: told at once, and tried again.

use super::*;

#[test]
fn a_store_that_cannot_be_opened_is_tried_again() {
    let own = Own::file();
    // A file where the folder should be.
    std::fs::write(own.folder.path().join("new"), "").unwrap();
    runtime().block_on(async {
        let store = own.store();
        store.record(&entry(1, &Asked::at(1_700_000_000)));
        while store.health().failures < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(!store.health().up);
        assert!(matches!(
            store.list(&Filter::newest(1)).await,
            Err(StoreError::Missing(_))
        ));
        std::fs::remove_file(own.folder.path().join("new")).unwrap();
        while store.health().written == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(store.health().up);
        assert_eq!(store.list(&Filter::newest(9)).await.unwrap().len(), 1);
        store.close(Duration::from_secs(5)).await;
        assert_eq!(store.health().dropped, 0);
    });
}

#[test]
fn a_file_that_is_no_database_is_told_at_once() {
    let own = Own::file();
    std::fs::create_dir(own.folder.path().join("new")).unwrap();
    std::fs::write(own.folder.path().join("new/downshift.db"), [7; 9_000]).unwrap();
    runtime().block_on(async {
        let asked = std::time::Instant::now();
        let store = Store::new(own.config());
        let refused = store.list(&Filter::newest(1)).await;
        assert!(
            matches!(refused, Err(StoreError::Unavailable(_))),
            "{refused:?}"
        );
        assert!(asked.elapsed() < Duration::from_secs(2), "{asked:?}");
    });
}

#[test]
fn tables_of_a_later_version_are_left_alone() {
    let own = Own::new();
    runtime().block_on(async {
        let store = own.store();
        written(&store, &[entry(1, &Asked::at(1_700_000_000))]).await;
        let pool = store.database.existing().await.unwrap();
        let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (99, 'later', TRUE, 'x', 0)";
        sqlx::query(sql).execute(&pool).await.unwrap();
        store.close(Duration::from_secs(5)).await;
        let store = Store::new(own.config());
        let refused = store.list(&Filter::newest(1)).await;
        assert!(matches!(refused, Err(StoreError::Newer)), "{refused:?}");
    });
}
